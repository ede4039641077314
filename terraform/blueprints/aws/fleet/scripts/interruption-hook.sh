#!/bin/bash
# Runs when AWS takes the spot instance away; $1 is the time of the end.
exec "${TERRADEV_ROOT:-}/opt/terradev/bin/drain" "${1:-}"
