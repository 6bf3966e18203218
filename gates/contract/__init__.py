"""What one dataset promises: suites, schema, waivers, plugins, and the plan of checks that follows from them."""
