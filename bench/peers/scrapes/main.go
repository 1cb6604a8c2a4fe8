// Tells what Prometheus' scrape loop and storage make of targets. Standard input: a JSON object with `base` (milliseconds since 1970) and
// `cases`, each a scrape configuration and the answers of its target, one a scrape. Standard output: a line of JSON for each case.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

type answer struct {
	ContentType string `json:"contentType"`
	Body        []byte `json:"body"`
	Status      int    `json:"status"`
}

type given struct {
	Config  string   `json:"config"`
	Answers []answer `json:"answers"`
}

type verdict struct {
	Series    map[string][]string `json:"series"`
	Exemplars map[string][]string `json:"exemplars"`
	Problem   string              `json:"problem,omitempty"`
}

const parallel = 60

func main() {
	var input struct {
		Base  int64   `json:"base"`
		Cases []given `json:"cases"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	verdicts := make([]verdict, len(input.Cases))
	var wait sync.WaitGroup
	places := make(chan struct{}, parallel)
	for i, each := range input.Cases {
		wait.Add(1)
		places <- struct{}{}
		go func() {
			defer wait.Done()
			verdicts[i] = judge(each, input.Base)
			<-places
		}()
	}
	wait.Wait()
	encoder := json.NewEncoder(os.Stdout)
	for _, each := range verdicts {
		if err := encoder.Encode(each); err != nil {
			panic(err)
		}
	}
}

// counted tells how many scrapes were committed.
type counted struct {
	storage.AppendableV2
	commits atomic.Int64
}

type countedAppender struct {
	storage.AppenderV2
	commits *atomic.Int64
}

func (c *counted) AppenderV2(ctx context.Context) storage.AppenderV2 {
	return &countedAppender{c.AppendableV2.AppenderV2(ctx), &c.commits}
}

func (c *countedAppender) Commit() error {
	err := c.AppenderV2.Commit()
	c.commits.Add(1)
	return err
}

func judge(each given, base int64) (result verdict) {
	defer func() {
		if problem := recover(); problem != nil {
			result.Problem = fmt.Sprint(problem)
		}
	}()
	directory, err := os.MkdirTemp("", "scrapes-")
	must(err)
	defer os.RemoveAll(directory)
	options := tsdb.DefaultOptions()
	options.WALSegmentSize = -1
	options.StripeSize = 64
	options.NoLockfile = true
	options.EnableExemplarStorage = true
	options.MaxExemplars = 1000
	db, err := tsdb.Open(directory, slog.New(slog.DiscardHandler), nil, options, nil)
	must(err)
	defer db.Close()
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		at := int(served.Add(1)) - 1
		if at >= len(each.Answers) {
			writer.WriteHeader(http.StatusGone)
			return
		}
		writer.Header()["Content-Type"] = []string{each.Answers[at].ContentType}
		writer.WriteHeader(each.Answers[at].Status)
		writer.Write(each.Answers[at].Body)
	}))
	defer server.Close()
	parsed, err := config.Load("scrape_configs:\n- job_name: j\n  scrape_interval: 400ms\n  scrape_timeout: 400ms\n"+each.Config, slog.New(slog.DiscardHandler))
	must(err)
	appendable := &counted{AppendableV2: db}
	manager, err := scrape.NewManager(&scrape.Options{DiscoveryReloadOnStartup: true, DiscoveryReloadInterval: model.Duration(10 * time.Millisecond), AppendMetadata: true}, nil, nil, nil, appendable, prometheus.NewRegistry())
	must(err)
	must(manager.ApplyConfig(parsed))
	groups := make(chan map[string][]*targetgroup.Group)
	go manager.Run(groups)
	groups <- map[string][]*targetgroup.Group{"j": {{Targets: []model.LabelSet{{
		"__address__": model.LabelValue(strings.TrimPrefix(server.URL, "http://")), "instance": "i", "zone": "z",
	}}}}}
	for deadline := time.Now().Add(20 * time.Second); appendable.commits.Load() < int64(len(each.Answers)) && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	read(db, base, len(each.Answers), &result)
	manager.Stop()
	return result
}

func read(db *tsdb.DB, base int64, scrapes int, result *verdict) {
	querier, err := db.Querier(math.MinInt64, math.MaxInt64)
	must(err)
	defer querier.Close()
	all := labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+")
	var times []int64
	type point struct {
		time int64
		text string
	}
	found := map[string][]point{}
	for set := querier.Select(context.Background(), false, nil, all); set.Next(); {
		key := keyOf(set.At().Labels())
		iterator := set.At().Iterator(nil)
		for kind := iterator.Next(); kind != chunkenc.ValNone; kind = iterator.Next() {
			at := iterator.AtT()
			switch kind {
			case chunkenc.ValFloat:
				_, value := iterator.At()
				found[key] = append(found[key], point{at, fmt.Sprintf("%016x", math.Float64bits(value))})
				if set.At().Labels().Get("__name__") == "scrape_duration_seconds" {
					times = append(times, at)
				}
			default:
				_, value := iterator.AtFloatHistogram(nil)
				found[key] = append(found[key], point{at, show(value)})
			}
		}
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	name := func(at int64) string {
		for i, each := range times {
			if each == at {
				return fmt.Sprintf("#%d", i)
			}
		}
		return fmt.Sprint(at - base)
	}
	isLater := func(at int64) bool { return len(times) > scrapes && at >= times[scrapes] && at < base+3_000_000 && name(at)[0] == '#' }
	result.Series = map[string][]string{}
	for key, points := range found {
		for _, each := range points {
			if !isLater(each.time) {
				result.Series[key] = append(result.Series[key], name(each.time)+" "+each.text)
			}
		}
	}
	exemplars, err := db.ExemplarQuerier(context.Background())
	must(err)
	seen, err := exemplars.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{all})
	must(err)
	result.Exemplars = map[string][]string{}
	for _, each := range seen {
		key := keyOf(each.SeriesLabels)
		for _, e := range each.Exemplars {
			result.Exemplars[key] = append(result.Exemplars[key], fmt.Sprintf("%s %016x %s", name(e.Ts), math.Float64bits(e.Value), keyOf(e.Labels)))
		}
	}
}

func keyOf(set labels.Labels) string {
	var pairs []string
	set.Range(func(label labels.Label) { pairs = append(pairs, label.Name, label.Value) })
	text, err := json.Marshal(pairs)
	must(err)
	return string(text)
}

func show(h *histogram.FloatHistogram) string {
	text := fmt.Sprintf("schema %d count %v sum %016x zero %v %v", h.Schema, h.Count, math.Float64bits(h.Sum), h.ZeroThreshold, h.ZeroCount)
	sides := map[string]histogram.BucketIterator[float64]{"+": h.PositiveBucketIterator(), "-": h.NegativeBucketIterator()}
	for _, side := range []string{"+", "-"} {
		for buckets := sides[side]; buckets.Next(); {
			if bucket := buckets.At(); bucket.Count != 0 {
				text += fmt.Sprintf(" %s%d:%v", side, bucket.Index, bucket.Count)
			}
		}
	}
	if len(h.CustomValues) > 0 {
		text += fmt.Sprint(" ", h.CustomValues)
	}
	if h.CounterResetHint == histogram.GaugeType {
		text += " gauge"
	}
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
