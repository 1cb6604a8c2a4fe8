// Command pdata decodes export requests with the Collector's own decoder. It reads frames from stdin (one byte signal:
// 0 traces, 1 metrics, 2 logs; four bytes length, little endian; the request) and writes for each one the number of
// items as four bytes, -1 where the decoder refuses.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		request := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, request); err != nil {
			panic(err)
		}
		var items [4]byte
		binary.LittleEndian.PutUint32(items[:], uint32(int32(count(head[0], request))))
		out.Write(items[:])
	}
}

func count(signal byte, request []byte) int {
	switch signal {
	case 0:
		traces := ptraceotlp.NewExportRequest()
		if traces.UnmarshalProto(request) != nil {
			return -1
		}
		return traces.Traces().SpanCount()
	case 1:
		metrics := pmetricotlp.NewExportRequest()
		if metrics.UnmarshalProto(request) != nil {
			return -1
		}
		return metrics.Metrics().DataPointCount()
	default:
		logs := plogotlp.NewExportRequest()
		if logs.UnmarshalProto(request) != nil {
			return -1
		}
		return logs.Logs().LogRecordCount()
	}
}
