"""Settings of gateways that people may change from afar; the gateway judges, tries and can take them back."""
