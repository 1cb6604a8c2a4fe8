// Measures the text parser of Prometheus on one exposition, as its scraper uses it: the bytes of a series are looked up, labels are not built.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

func main() {
	body, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, withLabels := range []bool{false, true} {
		samples, parses := 0, 0
		start := time.Now()
		seen := map[string]struct{}{}
		for time.Since(start) < 800*time.Millisecond {
			parser := textparse.NewPromParser(body, labels.NewSymbolTable(), false)
			for {
				entry, err := parser.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					panic(err)
				}
				if entry != textparse.EntrySeries {
					continue
				}
				text, _, _ := parser.Series()
				if withLabels {
					var set labels.Labels
					parser.Labels(&set)
				} else if _, ok := seen[string(text)]; !ok {
					seen[string(text)] = struct{}{}
				}
				samples++
			}
			parses++
		}
		elapsed := time.Since(start)
		what := "lines seen before"
		if withLabels {
			what = "all labels built"
		}
		fmt.Printf("    Prometheus' parser, %s: %.1f MB/s, %.0f ns a sample\n", what,
			float64(len(body)*parses)/elapsed.Seconds()/1e6, float64(elapsed.Nanoseconds())/float64(samples))
	}
}
