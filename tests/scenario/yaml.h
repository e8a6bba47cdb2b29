// YAML text as a Node, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "template/document.h"

namespace offstage::scenario {

inline templates::Node Yaml(const std::string& text) {
  auto document = templates::ParseDocument(text, "test.yml");
  EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().message);
  return document.ok() ? document->root : templates::Node();
}

}  // namespace offstage::scenario
