// Command processors measures the Collector's processors: it reads one JSON object from stdin (the processor's name and
// configuration, the signal, a file with a request, and for how long), runs decode, process and encode again and again,
// and writes nanoseconds of processor time per request.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

type job struct {
	Processor    string         `json:"processor"`
	Config       map[string]any `json:"config"`
	Signal       string         `json:"signal"`
	File         string         `json:"file"`
	Milliseconds int            `json:"milliseconds"`
}

func main() {
	var given job
	check(json.NewDecoder(os.Stdin).Decode(&given))
	request, err := os.ReadFile(given.File)
	check(err)
	factory := map[string]processor.Factory{
		"attributes":            attributesprocessor.NewFactory(),
		"filter":                filterprocessor.NewFactory(),
		"probabilistic_sampler": probabilisticsamplerprocessor.NewFactory(),
		"transform":             transformprocessor.NewFactory(),
	}[given.Processor]
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(given.Config).Unmarshal(config))
	settings := processor.Settings{
		ID: component.NewID(factory.Type()),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.NewNop(),
			MeterProvider:  noop.NewMeterProvider(),
			TracerProvider: nooptrace.NewTracerProvider(),
		},
	}
	run := traces(factory, settings, config, request)
	if given.Signal == "logs" {
		run = logs(factory, settings, config, request)
	}
	repeat(run, given.Milliseconds/2)
	fmt.Println(repeat(run, given.Milliseconds))
}

func traces(factory processor.Factory, settings processor.Settings, config component.Config, request []byte) func() {
	next, err := consumer.NewTraces(func(_ context.Context, data ptrace.Traces) error {
		_, err := ptraceotlp.NewExportRequestFromTraces(data).MarshalProto()
		return err
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	check(err)
	made, err := factory.CreateTraces(context.Background(), settings, config, next)
	check(err)
	return func() {
		decoded := ptraceotlp.NewExportRequest()
		check(decoded.UnmarshalProto(request))
		check(made.ConsumeTraces(context.Background(), decoded.Traces()))
	}
}

func logs(factory processor.Factory, settings processor.Settings, config component.Config, request []byte) func() {
	next, err := consumer.NewLogs(func(_ context.Context, data plog.Logs) error {
		_, err := plogotlp.NewExportRequestFromLogs(data).MarshalProto()
		return err
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	check(err)
	made, err := factory.CreateLogs(context.Background(), settings, config, next)
	check(err)
	return func() {
		decoded := plogotlp.NewExportRequest()
		check(decoded.UnmarshalProto(request))
		check(made.ConsumeLogs(context.Background(), decoded.Logs()))
	}
}

// Nanoseconds of processor time per call.
func repeat(run func(), milliseconds int) int64 {
	start, used := time.Now(), cpu()
	calls := int64(0)
	for time.Since(start) < time.Duration(milliseconds)*time.Millisecond {
		run()
		calls++
	}
	return (cpu() - used) / calls
}

func cpu() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
