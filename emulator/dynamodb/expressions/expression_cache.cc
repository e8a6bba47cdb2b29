#include "dynamodb/expressions/expression_cache.h"

#include <utility>

namespace offstage::dynamodb {

ExpressionCache::ExpressionCache() = default;
ExpressionCache::~ExpressionCache() = default;

std::shared_ptr<const void> ExpressionCache::Find(char kind, std::string_view text) const {
  const MutexLock lock(mutex_);
  const auto trees = trees_.find(kind);
  if (trees == trees_.end()) return nullptr;
  const auto found = trees->second.find(text);
  return found == trees->second.end() ? nullptr : found->second;
}

void ExpressionCache::Insert(char kind, std::string_view text, std::shared_ptr<const void> tree) {
  const MutexLock lock(mutex_);
  Trees& trees = trees_[kind];
  if (trees.size() >= kMaxEntries) trees.clear();
  trees.emplace(std::string(text), std::move(tree));
}

}  // namespace offstage::dynamodb
