module sluice.test/alloy-library

go 1.26.0

require (
	github.com/alecthomas/units v0.0.0-20240927000941-0f3dac36c52b
	github.com/ohler55/ojg v1.28.4
	gopkg.in/yaml.v3 v3.0.1
)
