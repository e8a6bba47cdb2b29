// Error: something that a person must fix (a template, a port, a missing
// interpreter). What an AWS client must see is aws::ApiError instead; a bug of
// ours is OFFSTAGE_CHECK.
#pragma once

#include <string>
#include <utility>

namespace offstage {

struct Error {
  // What happened, where and what to do, as one readable text:
  // "template.yaml:12:5: ...".
  std::string message;
};

}  // namespace offstage
