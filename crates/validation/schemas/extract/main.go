// Command extract prints the settings that a Go program reads from its configuration, as found in the types of its
// module: `extract TAG PACKAGE.TYPE [PACKAGE.TYPE…]`, run in the folder of that module. TAG is the struct tag that
// names the settings: yaml, mapstructure or alloy. Only types are looked at; nothing is built or run.
package main

import (
	"fmt"
	"go/types"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

type walk struct {
	tag   string
	seen  map[string]bool
	queue []*types.Named
	// Packages of one name are told apart by a number after the type's name: `client.Config`, `client.Config#2`.
	numbers map[string][]string
	// The fields of the current type in the order of its declaration, which is that of Alloy's words.
	order []string
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: extract TAG PACKAGE.TYPE [PACKAGE.TYPE…]")
		os.Exit(64)
	}
	w := &walk{tag: os.Args[1], seen: map[string]bool{}, numbers: map[string][]string{}}
	var patterns, names []string
	for _, root := range os.Args[2:] {
		dot := strings.LastIndex(root, ".")
		patterns, names = append(patterns, root[:dot]), append(names, root[dot+1:])
	}
	config := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedSyntax | packages.NeedTypesInfo}
	loaded, err := packages.Load(config, patterns...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	found := map[string]*packages.Package{}
	for _, pkg := range loaded {
		for _, problem := range pkg.Errors {
			fmt.Fprintln(os.Stderr, problem)
		}
		found[pkg.PkgPath] = pkg
	}
	for index, pattern := range patterns {
		object := found[pattern].Types.Scope().Lookup(names[index])
		if object == nil {
			fmt.Fprintln(os.Stderr, "no such type:", pattern, names[index])
			os.Exit(1)
		}
		w.enqueue(types.Unalias(object.Type()).(*types.Named))
	}
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.print(next)
	}
}

func (w *walk) enqueue(named *types.Named) {
	name := w.name(named)
	if !w.seen[name] {
		w.seen[name] = true
		w.queue = append(w.queue, named)
	}
}

func (w *walk) name(named *types.Named) string {
	object := named.Obj()
	text := object.Name()
	if object.Pkg() != nil {
		text = object.Pkg().Name() + "." + text
		if number := w.number(text, object.Pkg().Path()); number > 1 {
			text += fmt.Sprintf("#%d", number)
		}
	}
	if arguments := named.TypeArgs(); arguments != nil {
		var words []string
		for index := range arguments.Len() {
			words = append(words, w.kind(arguments.At(index)))
		}
		text += "<" + strings.Join(words, ",") + ">"
	}
	return text
}

func (w *walk) number(text, path string) int {
	for index, known := range w.numbers[text] {
		if known == path {
			return index + 1
		}
	}
	w.numbers[text] = append(w.numbers[text], path)
	return len(w.numbers[text])
}

// A type that reads its own YAML may take other forms than its fields say.
func reads(named *types.Named) bool {
	methods := types.NewMethodSet(types.NewPointer(named))
	for index := range methods.Len() {
		switch methods.At(index).Obj().Name() {
		case "UnmarshalYAML", "UnmarshalText", "Unmarshal", "UnmarshalAlloy", "ConvertFrom", "AlloyCapsule":
			return true
		}
	}
	return false
}

func (w *walk) kind(t types.Type) string {
	switch t := t.(type) {
	case *types.Pointer:
		return w.kind(t.Elem())
	case *types.Alias:
		return w.kind(types.Unalias(t))
	case *types.Slice:
		return "[]" + w.kind(t.Elem())
	case *types.Array:
		return "[]" + w.kind(t.Elem())
	case *types.Map:
		return "{}" + w.kind(t.Elem())
	case *types.Basic:
		return t.Name()
	case *types.Interface:
		return "any"
	case *types.Named:
		name := w.name(t)
		switch name {
		case "time.Duration", "time.Time", "url.URL", "regexp.Regexp", "net.IP":
			return name
		}
		if _, ok := t.Underlying().(*types.Struct); ok {
			w.enqueue(t)
			return name
		}
		if reads(t) {
			return name
		}
		return w.kind(t.Underlying())
	case *types.Struct:
		return "any"
	}
	return "any"
}

func (w *walk) print(named *types.Named) {
	fields := map[string]string{}
	w.order = nil
	w.fields(named.Underlying().(*types.Struct), fields)
	mark := ""
	if reads(named) {
		mark = " *"
	}
	fmt.Println(w.name(named) + mark)
	var keys []string
	for key := range fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	if w.tag == "alloy" {
		keys = w.order
	}
	for _, key := range keys {
		fmt.Println("\t" + key + ": " + fields[key])
	}
}

func (w *walk) fields(of *types.Struct, into map[string]string) {
	if w.tag == "alloy" {
		w.alloy(of, into)
		return
	}
	for index := range of.NumFields() {
		field := of.Field(index)
		words := strings.Split(reflect.StructTag(of.Tag(index)).Get(w.tag), ",")
		name, inline := words[0], false
		for _, word := range words[1:] {
			inline = inline || word == "inline" || word == "squash"
		}
		// What takes the rest takes every name.
		if name == "" && slices.Contains(words, "remain") {
			into["*"] = "any"
			continue
		}
		if name == "-" || (!field.Exported() && !field.Embedded()) {
			continue
		}
		if inline {
			inner := field.Type()
			if pointer, ok := inner.(*types.Pointer); ok {
				inner = pointer.Elem()
			}
			switch under := inner.Underlying().(type) {
			case *types.Struct:
				w.fields(under, into)
			case *types.Map:
				into["*"] = w.kind(under.Elem())
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(field.Name())
		}
		into[name] = w.kind(field.Type())
		if alias := reflect.StructTag(of.Tag(index)).Get("alias"); alias != "" {
			for _, other := range strings.Split(alias, ",") {
				into[other] = into[name]
			}
		}
	}
}

// Alloy's tags say more: whether a name is an attribute or a block, and whether it may be left out. A field's line
// begins with `attr`, `block` or `label`, with a `!` after it when the field must be there. An enum is a set of blocks
// under a common first word, each of which may come as often as it likes.
func (w *walk) alloy(of *types.Struct, into map[string]string) {
	for index := range of.NumFields() {
		field := of.Field(index)
		words := strings.Split(reflect.StructTag(of.Tag(index)).Get("alloy"), ",")
		if len(words) < 2 {
			continue
		}
		name, form, must := words[0], words[1], "!"
		if len(words) > 2 && words[2] == "optional" {
			must = ""
		}
		inner := field.Type()
		if pointer, ok := inner.(*types.Pointer); ok {
			inner = pointer.Elem()
		}
		switch form {
		case "squash":
			w.alloy(inner.Underlying().(*types.Struct), into)
		case "enum":
			before := len(w.order)
			variants := map[string]string{}
			w.alloy(inner.(*types.Slice).Elem().Underlying().(*types.Struct), variants)
			for index, variant := range w.order[before:] {
				key := "block " + name + "." + strings.TrimPrefix(variant, "block ")
				w.order[before+index] = key
				into[key] = "[]" + variants[variant]
			}
		default:
			key := form + must + " " + name
			w.order = append(w.order, key)
			into[key] = w.kind(field.Type())
		}
	}
}
