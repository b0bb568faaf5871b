"""Enrolment of gateways: codes that let a new one in once, and the end of a gateway that shall not speak any more."""
