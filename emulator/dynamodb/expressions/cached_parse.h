// Parsing through an ExpressionCache.
#pragma once

#include <memory>
#include <string_view>

#include "dynamodb/expressions/expression_cache.h"

namespace offstage::dynamodb {

// What `parse` makes of `text`, from the cache if it is there. `kind` goes with the type of
// `parse`'s result. `cache` may be null.
template <typename ParsedTree>
std::shared_ptr<const ParsedTree> ParseCached(char kind, std::string_view text,
                                              ExpressionCache* cache,
                                              ParsedTree (*parse)(std::string_view)) {
  if (cache != nullptr) {
    if (auto found = cache->Find(kind, text)) {
      return std::static_pointer_cast<const ParsedTree>(std::move(found));
    }
  }
  auto parsed = std::make_shared<const ParsedTree>(parse(text));
  // Texts that are wrong are seldom sent again, and may be long.
  if (cache != nullptr && parsed->error.empty()) cache->Insert(kind, text, parsed);
  return parsed;
}

}  // namespace offstage::dynamodb
