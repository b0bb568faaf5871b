"""Property tests are judged by what they find, never by the clock: the machine may be busy."""

from hypothesis import settings

settings.register_profile("protocols", deadline=None, max_examples=100)
settings.load_profile("protocols")
