// Command verdicts tells what the Collector's processors make of requests. Standard input: a line of JSON for each, as in
// test/fixtures/ottl.json (processor, arguments in Alloy's form, signal, input as OTLP/JSON, metadata). Standard output: a
// line of JSON for each, in the form of `expect` there.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

type given struct {
	Processor string              `json:"processor"`
	Arguments map[string]any      `json:"arguments"`
	Signal    string              `json:"signal"`
	Input     json.RawMessage     `json:"input"`
	Metadata  map[string][]string `json:"metadata"`
}

type verdict struct {
	LoadError    string          `json:"loadError,omitempty"`
	CreateError  string          `json:"createError,omitempty"`
	ConsumeError string          `json:"consumeError,omitempty"`
	Output       json.RawMessage `json:"output,omitempty"`
	Warnings     []string        `json:"warnings,omitempty"`
}

var factories = map[string]processor.Factory{
	"attributes":            attributesprocessor.NewFactory(),
	"filter":                filterprocessor.NewFactory(),
	"probabilistic_sampler": probabilisticsamplerprocessor.NewFactory(),
	"transform":             transformprocessor.NewFactory(),
}

// Alloy names levels of severity, the Collector numbers them.
var levels = map[string]int{}

func init() {
	for i, name := range []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"} {
		for j, suffix := range []string{"", "2", "3", "4"} {
			levels[name+suffix] = 4*i + j + 1
		}
	}
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<28)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for in.Scan() {
		var each given
		if err := json.Unmarshal(in.Bytes(), &each); err != nil {
			panic(err)
		}
		if err := encoder.Encode(judge(each)); err != nil {
			panic(err)
		}
	}
}

func judge(each given) (result verdict) {
	defer func() {
		if problem := recover(); problem != nil {
			result = verdict{ConsumeError: fmt.Sprint("panic: ", problem)}
		}
	}()
	factory := factories[each.Processor]
	config := factory.CreateDefaultConfig()
	raw := whole(configOf(each)).(map[string]any)
	if err := confmap.NewFromStringMap(raw).Unmarshal(config); err != nil {
		return verdict{LoadError: err.Error()}
	}
	if err := confmap.Validate(config); err != nil {
		return verdict{LoadError: err.Error()}
	}
	core, logged := observer.New(zapcore.WarnLevel)
	settings := processor.Settings{
		ID: component.NewID(factory.Type()),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.New(core),
			MeterProvider:  noop.NewMeterProvider(),
			TracerProvider: nooptrace.NewTracerProvider(),
		},
	}
	ctx := client.NewContext(context.Background(), client.Info{Metadata: client.NewMetadata(each.Metadata)})
	run, err := create(ctx, factory, settings, config, each.Signal)
	if err != nil {
		return verdict{CreateError: err.Error()}
	}
	logged.TakeAll()
	output, err := run(each.Input)
	if err != nil {
		return verdict{ConsumeError: err.Error()}
	}
	result.Output = output
	if output == nil {
		result.Output = json.RawMessage("null")
	}
	for _, entry := range logged.TakeAll() {
		result.Warnings = append(result.Warnings, fmt.Sprint(entry.Message, " ", entry.ContextMap()["error"]))
	}
	return result
}

// JSON has one kind of numbers: whole ones are ints in a configuration.
func whole(value any) any {
	switch value := value.(type) {
	case float64:
		if float64(int(value)) == value {
			return int(value)
		}
	case []any:
		for i := range value {
			value[i] = whole(value[i])
		}
	case map[string]any:
		for i := range value {
			value[i] = whole(value[i])
		}
	}
	return value
}

// Alloy's arguments in the words of the Collector.
func configOf(each given) map[string]any {
	args := each.Arguments
	switch each.Processor {
	case "transform":
		statements, _ := args["statements"].(map[string]any)
		delete(args, "statements")
		for signal, list := range statements {
			blocks, _ := args[signal+"_statements"].([]any)
			args[signal+"_statements"] = append(blocks, map[string]any{"statements": list})
		}
	case "attributes":
		rename(args, "action", "actions")
		for _, name := range []string{"include", "exclude"} {
			if match, ok := args[name].(map[string]any); ok {
				rename(match, "attribute", "attributes")
				rename(match, "resource", "resources")
				rename(match, "library", "libraries")
				if severity, ok := match["log_severity"].(map[string]any); ok {
					severity["min"] = levels[fmt.Sprint(severity["min"])]
				}
				rename(match, "log_severity", "log_severity_number")
			}
		}
	}
	return args
}

func rename(args map[string]any, from, to string) {
	if value, ok := args[from]; ok {
		delete(args, from)
		args[to] = value
	}
}

type run func(input []byte) (json.RawMessage, error)

var errInput = errors.New("the input is not OTLP/JSON")

func create(ctx context.Context, factory processor.Factory, settings processor.Settings, config component.Config, signal string) (run, error) {
	var output json.RawMessage
	mutates := consumer.WithCapabilities(consumer.Capabilities{MutatesData: true})
	switch signal {
	case "logs":
		next, _ := consumer.NewLogs(func(_ context.Context, data plog.Logs) (err error) {
			output, err = (&plog.JSONMarshaler{}).MarshalLogs(data)
			return err
		}, mutates)
		made, err := factory.CreateLogs(ctx, settings, config, next)
		return func(input []byte) (json.RawMessage, error) {
			data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(input)
			if err != nil {
				return nil, errInput
			}
			err = made.ConsumeLogs(ctx, data)
			return output, err
		}, err
	case "metrics":
		next, _ := consumer.NewMetrics(func(_ context.Context, data pmetric.Metrics) (err error) {
			output, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(data)
			return err
		}, mutates)
		made, err := factory.CreateMetrics(ctx, settings, config, next)
		return func(input []byte) (json.RawMessage, error) {
			data, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input)
			if err != nil {
				return nil, errInput
			}
			err = made.ConsumeMetrics(ctx, data)
			return output, err
		}, err
	}
	next, _ := consumer.NewTraces(func(_ context.Context, data ptrace.Traces) (err error) {
		output, err = (&ptrace.JSONMarshaler{}).MarshalTraces(data)
		return err
	}, mutates)
	made, err := factory.CreateTraces(ctx, settings, config, next)
	return func(input []byte) (json.RawMessage, error) {
		data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input)
		if err != nil {
			return nil, errInput
		}
		err = made.ConsumeTraces(ctx, data)
		return output, err
	}, err
}
