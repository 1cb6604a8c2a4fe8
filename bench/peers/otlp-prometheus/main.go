// Command otlp-prometheus tells what the Collector's translators make of OTLP metrics. Standard input: a line of JSON for each case, either
// {"name", "unit", "kind", "suffixes"} for a name, or {"request"} with an OTLP/JSON request (base64). Standard output: a line for each, the
// name, or the series that remote write would get.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/prometheus"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/prometheusremotewrite"
	"github.com/prometheus/prometheus/prompb"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

type given struct {
	Name     string `json:"name"`
	Unit     string `json:"unit"`
	Kind     string `json:"kind"`
	Suffixes bool   `json:"suffixes"`
	Request  []byte `json:"request"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var each given
		if err := json.Unmarshal(in.Bytes(), &each); err != nil {
			panic(err)
		}
		var verdict any
		if each.Request == nil {
			verdict = nameOf(each)
		} else {
			verdict = seriesOf(each)
		}
		if err := encoder.Encode(verdict); err != nil {
			panic(err)
		}
	}
}

func nameOf(each given) string {
	metric := pmetric.NewMetric()
	metric.SetName(each.Name)
	metric.SetUnit(each.Unit)
	switch each.Kind {
	case "counter":
		metric.SetEmptySum().SetIsMonotonic(true)
	case "sum":
		metric.SetEmptySum()
	case "histogram":
		metric.SetEmptyHistogram()
	default:
		metric.SetEmptyGauge()
	}
	return prometheus.BuildCompliantName(metric, "", each.Suffixes)
}

type series struct {
	Labels    map[string]string `json:"labels"`
	Samples   []string          `json:"samples"`
	Exemplars []string          `json:"exemplars"`
}

func seriesOf(each given) any {
	request := pmetricotlp.NewExportRequest()
	if err := request.UnmarshalJSON(each.Request); err != nil {
		return map[string]string{"error": err.Error()}
	}
	settings := prometheusremotewrite.Settings{AddMetricSuffixes: each.Suffixes, DisableTargetInfo: true, DisableScopeInfo: true}
	all, err := prometheusremotewrite.FromMetrics(request.Metrics(), settings)
	result := []series{}
	for _, one := range all {
		labels := map[string]string{}
		for _, label := range one.Labels {
			labels[label.Name] = label.Value
		}
		told := series{Labels: labels, Samples: []string{}, Exemplars: []string{}}
		for _, sample := range one.Samples {
			told.Samples = append(told.Samples, fmt.Sprint(sample.Timestamp, " ", bits(sample.Value)))
		}
		for _, histogram := range one.Histograms {
			told.Samples = append(told.Samples, histogramText(histogram))
		}
		for _, exemplar := range one.Exemplars {
			text := fmt.Sprint(exemplar.Timestamp, " ", bits(exemplar.Value))
			sort.Slice(exemplar.Labels, func(a, b int) bool { return exemplar.Labels[a].Name < exemplar.Labels[b].Name })
			for _, label := range exemplar.Labels {
				text += fmt.Sprintf(" %s=%q", label.Name, label.Value)
			}
			told.Exemplars = append(told.Exemplars, text)
		}
		result = append(result, told)
	}
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	return map[string]any{"series": result, "problem": problem}
}

func bits(value float64) string {
	return fmt.Sprintf("%016x", math.Float64bits(value))
}

func histogramText(h prompb.Histogram) string {
	text := fmt.Sprint(h.Timestamp, " schema ", h.Schema, " count ", h.GetCountInt(), " sum ", bits(h.Sum), " zero ", h.GetZeroCountInt())
	text += " +" + spans(h.PositiveSpans) + fmt.Sprint(h.PositiveDeltas)
	return text + " -" + spans(h.NegativeSpans) + fmt.Sprint(h.NegativeDeltas)
}

func spans(list []prompb.BucketSpan) string {
	text := ""
	for _, span := range list {
		text += fmt.Sprintf("(%d %d)", span.Offset, span.Length)
	}
	return text
}
