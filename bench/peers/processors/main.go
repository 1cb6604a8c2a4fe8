// Command processors measures the Collector's processors: it reads one JSON object from stdin (the processors, each its name
// and configuration, the signal, a file with a request, and for how long), runs decode, process and encode again and again,
// with gzip before and behind it where the request is one, and writes nanoseconds of processor time per request.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	Processors   []step `json:"processors"`
	Signal       string `json:"signal"`
	File         string `json:"file"`
	Milliseconds int    `json:"milliseconds"`
	Gzip         bool   `json:"gzip"`
}

type step struct {
	Processor string         `json:"processor"`
	Config    map[string]any `json:"config"`
}

type made struct {
	factory  processor.Factory
	settings processor.Settings
	config   component.Config
}

func main() {
	var given job
	check(json.NewDecoder(os.Stdin).Decode(&given))
	request, err := os.ReadFile(given.File)
	check(err)
	steps := make([]made, len(given.Processors))
	for at, each := range given.Processors {
		steps[at] = stepOf(each)
	}
	run := traces(steps, request, given.Gzip)
	if given.Signal == "logs" {
		run = logs(steps, request, given.Gzip)
	}
	repeat(run, given.Milliseconds/2)
	fmt.Println(repeat(run, given.Milliseconds))
}

func stepOf(given step) made {
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
	return made{factory, settings, config}
}

// As confighttp does it: the standard library's, at its default level, with a writer that is used again.
var writer = gzip.NewWriter(io.Discard)

func encoded(bytes []byte, err error, isGzip bool) error {
	if err != nil || !isGzip {
		return err
	}
	writer.Reset(io.Discard)
	if _, err := writer.Write(bytes); err != nil {
		return err
	}
	return writer.Close()
}

func decoded(request []byte, isGzip bool) []byte {
	if !isGzip {
		return request
	}
	reader, err := gzip.NewReader(bytes.NewReader(request))
	check(err)
	plain, err := io.ReadAll(reader)
	check(err)
	return plain
}

func traces(steps []made, request []byte, isGzip bool) func() {
	next, err := consumer.NewTraces(func(_ context.Context, data ptrace.Traces) error {
		bytes, err := ptraceotlp.NewExportRequestFromTraces(data).MarshalProto()
		return encoded(bytes, err, isGzip)
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	check(err)
	for at := len(steps) - 1; at >= 0; at-- {
		next, err = steps[at].factory.CreateTraces(context.Background(), steps[at].settings, steps[at].config, next)
		check(err)
	}
	return func() {
		export := ptraceotlp.NewExportRequest()
		check(export.UnmarshalProto(decoded(request, isGzip)))
		check(next.ConsumeTraces(context.Background(), export.Traces()))
	}
}

func logs(steps []made, request []byte, isGzip bool) func() {
	next, err := consumer.NewLogs(func(_ context.Context, data plog.Logs) error {
		bytes, err := plogotlp.NewExportRequestFromLogs(data).MarshalProto()
		return encoded(bytes, err, isGzip)
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	check(err)
	for at := len(steps) - 1; at >= 0; at-- {
		next, err = steps[at].factory.CreateLogs(context.Background(), steps[at].settings, steps[at].config, next)
		check(err)
	}
	return func() {
		export := plogotlp.NewExportRequest()
		check(export.UnmarshalProto(decoded(request, isGzip)))
		check(next.ConsumeLogs(context.Background(), export.Logs()))
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
