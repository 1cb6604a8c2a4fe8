// Command alloy-library calls the Go packages that the standard library and the literals of Alloy's language stand on. Standard
// input: a call a line, {"call": "format", "args": [value …]}; standard output: a line for each, {"value": value} or {"error": text}.
// A value is null, a bool, an array, {"object": fields} or {"int" | "uint" | "float" | "string": text}; strings are base64, floats their bits.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/units"
	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"
	"gopkg.in/yaml.v3"
)

type request struct {
	Call string            `json:"call"`
	Args []json.RawMessage `json:"args"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var given request
		if err := json.Unmarshal(in.Bytes(), &given); err != nil {
			panic(err)
		}
		verdict := map[string]any{}
		if value, err := answer(given); err != nil {
			verdict["error"] = err.Error()
		} else {
			verdict["value"] = noted(value)
		}
		if err := encoder.Encode(verdict); err != nil {
			panic(err)
		}
	}
}

func answer(given request) (value any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	args := make([]any, len(given.Args))
	texts := make([]string, len(given.Args))
	for index, arg := range given.Args {
		args[index] = read(arg)
		texts[index], _ = args[index].(string)
	}
	switch given.Call {
	case "format":
		return fmt.Sprintf(texts[0], args[1:]...), nil
	case "replace":
		return strings.ReplaceAll(texts[0], texts[1], texts[2]), nil
	case "split":
		return strings.Split(texts[0], texts[1]), nil
	case "to_lower":
		return strings.ToLower(texts[0]), nil
	case "to_upper":
		return strings.ToUpper(texts[0]), nil
	case "trim":
		return strings.Trim(texts[0], texts[1]), nil
	case "trim_prefix":
		return strings.TrimPrefix(texts[0], texts[1]), nil
	case "trim_suffix":
		return strings.TrimSuffix(texts[0], texts[1]), nil
	case "trim_space":
		return strings.TrimSpace(texts[0]), nil
	case "path_join":
		return filepath.Join(texts...), nil
	case "from_json":
		err = json.Unmarshal([]byte(texts[0]), &value)
		return value, err
	case "from_yaml":
		err = yaml.Unmarshal([]byte(texts[0]), &value)
		return value, err
	case "to_json":
		text, err := json.Marshal(args[0])
		return string(text), err
	case "from_base64":
		bytes, err := base64.StdEncoding.DecodeString(texts[0])
		return string(bytes), err
	case "from_URLbase64":
		bytes, err := base64.URLEncoding.DecodeString(texts[0])
		return string(bytes), err
	case "to_base64":
		return base64.StdEncoding.EncodeToString([]byte(texts[0])), nil
	case "to_URLbase64":
		return base64.URLEncoding.EncodeToString([]byte(texts[0])), nil
	case "url_encode":
		return url.QueryEscape(texts[0]), nil
	case "url_decode":
		return url.QueryUnescape(texts[0])
	case "json_path":
		path, err := jp.ParseString(texts[1])
		if err != nil {
			return nil, err
		}
		document, err := oj.ParseString(texts[0])
		if err != nil {
			return nil, err
		}
		return path.Get(document), nil
	case "unquote":
		return strconv.Unquote(texts[0])
	case "duration":
		duration, err := time.ParseDuration(texts[0])
		return int64(duration), err
	case "size_text":
		size, err := strconv.ParseInt(texts[0], 10, 64)
		return units.Base2Bytes(size).String(), err
	case "size":
		size, err := units.ParseBase2Bytes(texts[0])
		return int64(size), err
	case "float":
		return strconv.ParseFloat(texts[0], 64)
	case "int":
		return strconv.ParseInt(texts[0], 10, 64)
	}
	return nil, errors.New("unknown call")
}

func read(raw json.RawMessage) any {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		panic(err)
	}
	return meant(value)
}

func meant(value any) any {
	switch value := value.(type) {
	case []any:
		for index, each := range value {
			value[index] = meant(each)
		}
		return value
	case map[string]any:
		if text, ok := value["string"].(string); ok {
			bytes, _ := base64.StdEncoding.DecodeString(text)
			return string(bytes)
		}
		if text, ok := value["int"].(string); ok {
			number, _ := strconv.Atoi(text)
			return number
		}
		if text, ok := value["uint"].(string); ok {
			number, _ := strconv.ParseUint(text, 10, 64)
			return number
		}
		if text, ok := value["float"].(string); ok {
			bits, _ := strconv.ParseUint(text, 16, 64)
			return math.Float64frombits(bits)
		}
		object := map[string]any{}
		for key, each := range value["object"].(map[string]any) {
			object[key] = meant(each)
		}
		return object
	}
	return value
}

func noted(value any) any {
	switch value := value.(type) {
	case nil, bool:
		return value
	case string:
		return map[string]any{"string": base64.StdEncoding.EncodeToString([]byte(value))}
	case int:
		return map[string]any{"int": strconv.Itoa(value)}
	case json.Number:
		return noted(string(value))
	case time.Time:
		text, _ := value.MarshalText()
		return noted(string(text))
	case int64:
		return map[string]any{"int": strconv.FormatInt(value, 10)}
	case uint64:
		return map[string]any{"uint": strconv.FormatUint(value, 10)}
	case float64:
		return map[string]any{"float": fmt.Sprintf("%016x", math.Float64bits(value))}
	case []string:
		list := []any{}
		for _, each := range value {
			list = append(list, noted(each))
		}
		return list
	case []any:
		list := []any{}
		for _, each := range value {
			list = append(list, noted(each))
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			object[key] = noted(value[key])
		}
		return map[string]any{"object": object}
	}
	return map[string]any{"other": fmt.Sprintf("%T", value)}
}
