#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/vtl/json_path.h"
#include "gateway/vtl/template.h"
#include "gateway/vtl/value.h"

namespace offstage::gateway::vtl {

namespace {

using testing::HasSubstr;

Value Params() {
  Value path = Value::NewMap();
  path.AsMap()->Put("id", Value::Text("7"));
  Value query = Value::NewMap();
  query.AsMap()->Put("id", Value::Text("from query"));
  query.AsMap()->Put("q", Value::Text("it's \"x\"/y"));
  Value header = Value::NewMap();
  header.AsMap()->Put("Accept", Value::Text("*/*"));
  Value params = Value::NewMap();
  params.AsMap()->Put("path", path);
  params.AsMap()->Put("querystring", query);
  params.AsMap()->Put("header", header);
  return params;
}

// What the template makes of the body, or "error: ...".
std::string RunTemplate(std::string_view text, std::string body = "") {
  const auto parsed = Template::Parse(text);
  if (!parsed.ok()) return "error: " + parsed.error().message;
  Environment environment(std::move(body), Params());
  Value context = Value::NewMap();
  context.AsMap()->Put("stage", Value::Text("Prod"));
  context.AsMap()->Put("requestTimeEpoch", Value::Integer(1795608000123));
  environment.Set("context", context);
  const auto rendered = Render(*parsed, environment);
  return rendered.ok() ? *rendered : "error: " + rendered.error().message;
}

struct Case {
  std::string_view what;
  std::string_view text;
  std::string_view body;
  std::string_view result;
};

// Velocity 1.7's reference (velocity.apache.org/engine/1.7/vtl-reference.html) unless named.
constexpr Case kCases[] = {
    {"plain text", "a $ 5 # b", "", "a $ 5 # b"},
    {"money and hashes", "$5 $.a #fff # #{x", "", "$5 $.a #fff # #{x"},
    {"reference", "[$context.stage]", "", "[Prod]"},
    {"braces", "${context.stage}s", "", "Prods"},
    {"quiet", "$!context.stage$!{context.none}", "", "Prod"},
    {"nothing writes nothing", "[$nothing][$nothing.a.b()]", "", "[][]"},
    {"dot at the end", "$context.stage. done", "", "Prod. done"},
    {"escaped", "\\$context.stage \\\\$context.stage \\#if", "", "$context.stage \\Prod #if"},
    {"set leaves no line", "a\n  #set($x = 1)\nb$x", "", "a\nb1"},
    {"arithmetic", "#set($x = (1 + 2) * 3 - 4 / 2 % 3)$x", "", "7"},
    {"division by zero", "#set($x = 1 / 0)[$x]", "", "[]"},
    {"doubles", "#set($x = 1.5 * 2)$x", "", "3.0"},
    {"text plus number", "#set($x = \"a\" + 1)$x", "", "a1"},
    {"interpolation", "#set($n = \"x\")#set($t = \"<$n>${n}y\")$t", "", "<x>xy"},
    {"single quotes", "#set($t = '<$n>')$t", "", "<$n>"},
    {"doubled quotes", "#set($t = \"a\"\"b\")$t", "", "a\"b"},
    {"if", "#if(1 == 1)a#{else}b#end", "", "a"},
    {"elseif", "#set($x = 2)#if($x == 1)a#elseif($x == 2)b#{else}c#end", "", "b"},
    {"null is false", "#if($none)a#{else}b#end", "", "b"},
    {"empty text is true", "#if(\"\")a#{else}b#end", "", "a"},
    {"and or not", "#if(!$none && (false || true))y#end", "", "y"},
    {"words", "#if(1 lt 2 and not false)y#end", "", "y"},
    {"comparisons", "#if(2 >= 2 && 3 != 4 && 1 <= 1 && 5 > 4)y#end", "", "y"},
    {"kinds compare as text", "#if(\"1\" == 1)y#end", "", "y"},
    {"foreach", "#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end", "", "1,2,3"},
    {"foreach down", "#foreach($i in [2..0])$i#end", "", "210"},
    {"counts", "#foreach($i in ['a','b'])$foreach.index$foreach.count$velocityCount #end", "",
     "011 122 "},
    {"first and last",
     "#foreach($i in [1..3])#if($foreach.first)<#end$i#if($foreach.last)>#end#end", "", "<123>"},
    {"nested loops", "#foreach($i in [1,2])#foreach($j in [1,2])$i$j$foreach.parent.index #end#end",
     "", "110 120 211 221 "},
    {"break", "#foreach($i in [1..9])#if($i == 3)#break#end$i#end.", "", "12."},
    {"stop", "a#stop b", "", "a"},
    {"foreach over a map", "#foreach($v in {\"a\": 1, \"b\": 2})$v#end", "", "12"},
    {"foreach over nothing", "#foreach($v in $none)x#end-", "", "-"},
    {"variable restored", "#set($i = 'o')#foreach($i in [1])$i#end$i", "", "1o"},
    {"macro", "#macro(tag $n $v)<$n>$v</$n>#end#tag('a' 1)#tag(\"b\", 2)", "", "<a>1</a><b>2</b>"},
    {"unknown macro", "#nope(1)", "", "#nope(1)"},
    {"define", "#define($b)[$x]#end#set($x = 1)$b#set($x = 2)$b", "", "[1][2]"},
    {"comments", "a## gone\nb#* gone *#c", "", "abc"},
    {"literal", "#[[$x #if]]#", "", "$x #if"},
    {"list", "#set($l = [1, 'a'])$l $l.size() $l[1] $l.get(0)", "", "[1, a] 2 a 1"},
    {"list changes", "#set($l = [])#set($_ = $l.add(1))#set($_ = $l.add(2))#set($l[0] = 9)$l", "",
     "[9, 2]"},
    {"map", "#set($m = {\"a\": 1})#set($m.b = 2)#set($m[\"c\"] = 3)$m $m.a $m.get('b') $m['c']", "",
     "{a=1, b=2, c=3} 1 2 3"},
    {"put writes what was there", "#set($m = {})[$m.put('a', 1)][$m.put('a', 2)]", "", "[][1]"},
    {"key and entry sets",
     "#set($m = {\"a\": 1})$m.keySet()#foreach($e in $m.entrySet())$e.key=$e.value$e.getKey()#end",
     "", "[a]a=1a"},
    {"map methods",
     "#set($m = {\"a\": 1})$m.containsKey('a') $m.isEmpty() $m.size() $m.getOrDefault('z', 'd')",
     "", "true false 1 d"},
    {"texts", "#set($s = 'Hello')$s.length() $s.toUpperCase() $s.substring(1, 3) $s.indexOf('l')",
     "", "5 HELLO el 2"},
    {"more texts",
     "#set($s = ' a,b,,')$s.trim().split(',').size() $s.contains('b') "
     "$s.replace(',', ';') $s.startsWith(' ') $s.isEmpty()",
     "", "2 true  a;b;; true false"},
    {"regex",
     "#set($s = 'a1b22')$s.replaceAll('[0-9]+', '<$0>') $s.matches('[a-z0-9]+') "
     "$s.replaceFirst('([a-z])([0-9])', '$2$1')",
     "", "a<1>b<22> true 1ab22"},
    {"static methods",
     "#set($i = 0)#set($n = $i.parseInt('42') + 1)$n #set($s = '')"
     "$s.join('-', ['a', 'b'])",
     "", "43a-b"},
    // The mapping template reference's own example.
    {"no escaped single quote",
     "$util.escapeJavaScript($input.params('q')).replaceAll(\"\\\\'\",\"'\")", "",
     "it's \\\"x\\\"\\/y"},
    {"escape", "$util.escapeJavaScript(\"\xc3\xa9\t'\")", "", "\\u00E9\\t\\'"},
    {"parseJson", "#set($o = $util.parseJson($input.path('$.errorMessage')))$o.key2.arr[0]",
     R"({"errorMessage":"{\"key1\":\"var1\",\"key2\":{\"arr\":[1,2,3]}}"})", "1"},
    {"urls", "$util.urlEncode('a b&\xc3\xa9') $util.urlDecode('a+b%26')", "", "a+b%26%C3%A9 a b&"},
    {"base64", "$util.base64Encode('ab') $util.base64Decode('YWI=')", "", "YWI= ab"},
    {"params", "$input.params('id') $input.params('q') [$input.params('none')]", "",
     "7 it's \"x\"/y []"},
    {"all params",
     "#foreach($t in $input.params().keySet())$t:#foreach($n in "
     "$input.params().get($t).keySet())$n #end#end",
     "", "path:id querystring:id q header:Accept "},
    {"json", "$input.json('$.b') $input.json('$.none') $input.json('$.a')",
     R"({"b": [1, {"c": "x"}], "a": "t"})", R"([1,{"c":"x"}] "" "t")"},
    {"key order", "$input.json('$')", R"({"z":1,"a":2.50,"m":null})",
     R"({"z":1,"a":2.5,"m":null})"},
    {"no body", "$input.body $input.json('$')", "", "{} {}"},
    {"no JSON", "$input.json('$') $input.path('$.a')", "a=b", "\"a=b\" "},
    {"path", "$input.path('$.things').size() $input.path('$.things[1].n')",
     R"({"things":[{"n":1},{"n":2}]})", "2 2"},
    // Recorded: test_input_path_template_formatting.
    {"map as text", "#set($r = $input.path(\"$.json\"))$r",
     R"({"json":{"foo":[{"nested":"bar"}]}})", R"({foo=[{"nested":"bar"}]})"},
    {"several members", "$input.path('$').toString()", R"({"bigger":"dict","to":"test"})",
     "{bigger=dict, to=test}"},
    {"missing is null and empty",
     "#set($r = $input.path(\"$.x\")){\"body\": $r, \"n\": $r.nested, \"isNull\": #if( $r == $null "
     ")\"true\"#else\"false\"#end, \"isEmpty\": #if( $r == \"\" )\"true\"#else\"false\"#end}",
     "{}", R"({"body": , "n": , "isNull": "true", "isEmpty": "true"})"},
    {"empty list", "#set($r = $input.path(\"$.l\"))$r#if( $r == $null )n#end#if($r == \"\")e#end",
     R"({"l":[]})", "[]"},
    // Recorded: test_input_body_formatting.
    {"part of the body", "#set($r = $input.body.testAccess)[$r]", "{}", "[]"},
    {"big number", "$context.requestTimeEpoch", "", "1795608000123"},
};

TEST(MappingTemplate, RendersAsVelocityDoes) {
  for (const Case& test : kCases)
    EXPECT_EQ(RunTemplate(test.text, std::string(test.body)), test.result) << test.what;
}

TEST(MappingTemplate, SaysWhereItIsWrong) {
  EXPECT_THAT(RunTemplate("a\n#if(true)\nb"), HasSubstr("error: line 3: #if without #end"));
  EXPECT_THAT(RunTemplate("#set($x 1)"), HasSubstr("#set without '='"));
  EXPECT_THAT(RunTemplate("#foreach($x of $y)#end"), HasSubstr("without 'in'"));
  EXPECT_THAT(RunTemplate("#end"), HasSubstr("#end or #else"));
  EXPECT_THAT(RunTemplate("$util.toJson($x)"), HasSubstr("$util has no toJson()"));
  EXPECT_THAT(RunTemplate("$input.foo('a')"), HasSubstr("$input has json(path)"));
  EXPECT_THAT(RunTemplate("$util.parseJson('{')"), HasSubstr("parseJson"));
  EXPECT_THAT(RunTemplate("#parse('a')"), HasSubstr("#parse is not emulated"));
  EXPECT_THAT(RunTemplate("#set($l = [1])$l.get(4)"), HasSubstr("get(4) of a list of 1"));
  EXPECT_THAT(RunTemplate("#set($s = 'a')$s.format('b')"),
              HasSubstr("format() of a text is not emulated"));
  EXPECT_THAT(RunTemplate("$input.path('$.a[')"), HasSubstr("cannot be read"));
}

TEST(MappingTemplate, EndsWhateverItTries) {
  EXPECT_THAT(
      RunTemplate("#set($t = 'aaaaaaaaaa')#foreach($i in [1..60])#set($t = \"$t$t\")#end$t"),
      HasSubstr("error: "));
  EXPECT_THAT(
      RunTemplate("#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end"
                  "#end#end"),
      HasSubstr("does too much"));
  EXPECT_THAT(RunTemplate("#macro(m)#m()#end#m()"), HasSubstr("calls itself"));
  EXPECT_THAT(RunTemplate("#define($d)$d#end$d"), HasSubstr("calls itself"));
  EXPECT_THAT(RunTemplate("#set($x = " + std::string(10000, '(') + "1)"),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(RunTemplate("#set($l = [])#set($l = [0, 1])#foreach($i in [1..5000])#end."), ".");
  // A circle: its text is long, not endless, and nothing of it is left behind.
  RunTemplate("#set($m = {})#set($m.a = $m)#set($m.b = $m)$m #if($m == $m)x#end");
  std::string deep = "#set($l = [1])";
  for (int i = 0; i < 3000; ++i)
    deep += "#set($l = [$l])";
  RunTemplate(deep + "$l");
}

TEST(MappingTemplate, WarnsOfAMethodThatJavaLacksToo) {
  const auto parsed = Template::Parse("[$context.stage.size()]");
  Environment environment("", Params());
  Value context = Value::NewMap();
  context.AsMap()->Put("stage", Value::Text("Prod"));
  environment.Set("context", context);
  EXPECT_EQ(*Render(*parsed, environment), "[]");
  ASSERT_EQ(environment.warnings().size(), 1U);
  EXPECT_THAT(environment.warnings()[0], HasSubstr("size()"));
}

TEST(MappingTemplate, LoopsEndAfterAThousandRounds) {
  const auto parsed = Template::Parse("#foreach($i in [1..1500])x#end");
  Environment environment("", Params());
  EXPECT_EQ(Render(*parsed, environment)->size(), 1000U);
  EXPECT_FALSE(environment.warnings().empty());
}

TEST(MappingTemplate, KnowsItsConstantText) {
  EXPECT_EQ(*Template::Parse("{\"statusCode\": 200}")->constant(), "{\"statusCode\": 200}");
  EXPECT_EQ(*Template::Parse("a## b\nc")->constant(), "ac");
  EXPECT_EQ(Template::Parse("$x")->constant(), nullptr);
}

TEST(JsonPath, FindsAsJaywayDoes) {
  const Value json = *ParseJsonValue(
      R"({"a":{"b":[{"c":1,"t":"x"},{"c":2},{"c":3,"t":"x"}]},"k.k":5,"s":"text"})");
  const auto find = [&json](std::string_view path) {
    const auto found = FindByPath(json, path);
    if (!found.ok()) return "error: " + found.error().message;
    std::string out;
    AppendJson(*found, out);
    return out;
  };
  EXPECT_EQ(find("$.a.b[0].c"), "1");
  EXPECT_EQ(find("a.b[0].c"), "1");
  EXPECT_EQ(find("$['a']['b'][-1].c"), "3");
  EXPECT_EQ(find("$['k.k']"), "5");
  EXPECT_EQ(find("$.none.deeper"), "null");
  EXPECT_EQ(find("$.a.b[*].c"), "[1,2,3]");
  EXPECT_EQ(find("$..c"), "[1,2,3]");
  EXPECT_EQ(find("$.a.b[0,2].c"), "[1,3]");
  EXPECT_EQ(find("$.a.b[1:].c"), "[2,3]");
  EXPECT_EQ(find("$.a.b[?(@.c > 1)].c"), "[2,3]");
  EXPECT_EQ(find("$.a.b[?(@.t == 'x' && @.c < 2)].c"), "[1]");
  EXPECT_EQ(find("$.a.b[?(@.t)].c"), "[1,3]");
  EXPECT_EQ(find("$.a.b.length()"), "3");
  EXPECT_THAT(find("$.a.b.avg()"), HasSubstr("avg() is not emulated"));
  EXPECT_THAT(find("$.a["), HasSubstr("cannot be read"));
}

TEST(TemplateValue, WritesNumbersAsJavaDoes) {
  EXPECT_EQ(DoubleToText(249.99), "249.99");
  EXPECT_EQ(DoubleToText(3), "3.0");
  EXPECT_EQ(DoubleToText(1e10), "1.0E10");
  EXPECT_EQ(DoubleToText(1.5e-5), "1.5E-5");
  EXPECT_EQ(DoubleToText(-0.5), "-0.5");
}

}  // namespace

}  // namespace offstage::gateway::vtl
