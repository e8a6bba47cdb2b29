// Parses a mapping template (Apache Velocity's language, version 1.7, as API Gateway speaks it).
// velocity.apache.org/engine/1.7/vtl-reference.html
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/vtl/syntax.h"

namespace offstage::gateway::vtl {

// API Gateway takes templates of up to 300 KB (limits.html).
inline constexpr std::size_t kMaxTemplateBytes = 300 * 1024;
// Nesting of directives, parentheses and texts inside texts.
inline constexpr int kMaxNesting = 150;

struct Syntax {
  Block body = {};
  std::map<std::string, Macro> macros = {};
};

// Fails with "line 3: ..." for what API Gateway could not run either, and for directives that are
// not emulated (#include, #parse, #evaluate).
Result<Syntax> ParseTemplate(std::string_view text);

}  // namespace offstage::gateway::vtl
