// What scenario files may speak of, from the template.
#pragma once

#include "scenario/names.h"
#include "template/stack.h"

namespace offstage::app {

scenario::KnownNames NamesOf(const templates::Stack& stack);

}  // namespace offstage::app
