// Command json decodes export requests with the Collector's own decoders and writes them as protobuf. It reads frames from stdin (one
// byte signal: 0 traces, 1 metrics, 2 logs, and 3 more where the request is protobuf; four bytes length, little endian; the request) and
// writes for each a length of four bytes and the protobuf; length -1 where the decoder refuses, or panics.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

type request interface {
	UnmarshalJSON([]byte) error
	UnmarshalProto([]byte) error
	MarshalProto() ([]byte, error)
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, body); err != nil {
			panic(err)
		}
		bytes, err := decode(head[0], body)
		size := int32(len(bytes))
		if err != nil {
			size = -1
			bytes = nil
		}
		binary.Write(out, binary.LittleEndian, size)
		out.Write(bytes)
	}
}

func decode(signal byte, body []byte) (bytes []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	var into request
	switch signal % 3 {
	case 0:
		into = ptraceotlp.NewExportRequest()
	case 1:
		into = pmetricotlp.NewExportRequest()
	default:
		into = plogotlp.NewExportRequest()
	}
	if signal < 3 {
		err = into.UnmarshalJSON(body)
	} else {
		err = into.UnmarshalProto(body)
	}
	if err != nil {
		return nil, err
	}
	return into.MarshalProto()
}
