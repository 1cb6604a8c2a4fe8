// Tells what Prometheus' parsers make of expositions. Standard input: for each a byte (0 text, 1 OpenMetrics), its length (four bytes, little
// endian) and its bytes. Standard output: a line of JSON for each, its entries and whether it failed.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sort"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

type verdict struct {
	Entries [][]string `json:"entries"`
	Failed  bool       `json:"failed"`
	Reason  string     `json:"reason"`
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	header := make([]byte, 5)
	for {
		if _, err := io.ReadFull(in, header); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(header[1:]))
		if _, err := io.ReadFull(in, body); err != nil {
			panic(err)
		}
		if err := encoder.Encode(judge(body, header[0] == 1)); err != nil {
			panic(err)
		}
	}
}

func judge(body []byte, isOpenMetrics bool) (result verdict) {
	result.Entries = [][]string{}
	contentType := "text/plain"
	if isOpenMetrics {
		contentType = "application/openmetrics-text"
	}
	defer func() {
		if problem := recover(); problem != nil {
			result.Failed, result.Reason = true, fmt.Sprint("panic: ", problem)
		}
	}()
	parser, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		panic(err)
	}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return result
		}
		if err != nil {
			result.Failed, result.Reason = true, err.Error()
			return result
		}
		switch entry {
		case textparse.EntrySeries:
			result.Entries = append(result.Entries, series(parser))
		case textparse.EntryType:
			name, kind := parser.Type()
			result.Entries = append(result.Entries, []string{"type", string(name), string(kind)})
		case textparse.EntryHelp:
			name, text := parser.Help()
			result.Entries = append(result.Entries, []string{"help", string(name), string(text)})
		case textparse.EntryUnit:
			name, unit := parser.Unit()
			result.Entries = append(result.Entries, []string{"unit", string(name), string(unit)})
		}
	}
}

func series(parser textparse.Parser) []string {
	_, timestamp, value := parser.Series()
	var set labels.Labels
	parser.Labels(&set)
	told := []string{"sample", fmt.Sprintf("%016x", math.Float64bits(value)), ""}
	if timestamp != nil {
		told[2] = fmt.Sprint(*timestamp)
	}
	told = append(told, pairs(set)...)
	var ex exemplar.Exemplar
	for parser.Exemplar(&ex) {
		time := ""
		if ex.HasTs {
			time = fmt.Sprint(ex.Ts)
		}
		told = append(told, "#", fmt.Sprintf("%016x", math.Float64bits(ex.Value)), time)
		told = append(told, pairs(ex.Labels)...)
		ex = exemplar.Exemplar{}
	}
	return told
}

func pairs(set labels.Labels) []string {
	var all [][2]string
	set.Range(func(label labels.Label) { all = append(all, [2]string{label.Name, label.Value}) })
	sort.SliceStable(all, func(i, j int) bool { return all[i][0] < all[j][0] })
	var told []string
	for _, each := range all {
		told = append(told, each[0], each[1])
	}
	return told
}
