// Tells what Prometheus makes of the labels of targets. Standard input: an array of objects with `config`, a scrape configuration without its
// job name, and `labels`. Standard output: a line of JSON for each: its URL and labels, or what is wrong.
package main

import (
	"encoding/json"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
)

type verdict struct {
	URL     string            `json:"url,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Problem string            `json:"problem,omitempty"`
}

func main() {
	var cases []struct {
		Config string         `json:"config"`
		Labels model.LabelSet `json:"labels"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	for _, each := range cases {
		if err := encoder.Encode(judge(each.Config, each.Labels)); err != nil {
			panic(err)
		}
	}
}

func judge(text string, given model.LabelSet) (result verdict) {
	parsed, err := config.Load("scrape_configs:\n- job_name: j\n"+text, slog.New(slog.DiscardHandler))
	if err != nil {
		return verdict{Problem: "config: " + err.Error()}
	}
	configs, err := parsed.GetScrapeConfigs()
	if err != nil {
		return verdict{Problem: "config: " + err.Error()}
	}
	builder := labels.NewBuilder(labels.EmptyLabels())
	targets, failures := scrape.TargetsFromGroup(&targetgroup.Group{Targets: []model.LabelSet{given}}, configs[0], nil, builder)
	if len(failures) > 0 {
		return verdict{Problem: failures[0].Error()}
	}
	result.URL = targets[0].URL().String()
	result.Labels = targets[0].Labels(builder).Map()
	return result
}
