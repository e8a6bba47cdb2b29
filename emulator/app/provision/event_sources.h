// What invokes the functions of a stack without a request: DynamoDB and schedule events of SAM
// functions, AWS::Lambda::EventSourceMapping, AWS::Events::Rule and AWS::Scheduler::Schedule.
#pragma once

#include <string>
#include <vector>

#include "events/service.h"
#include "template/stack.h"

namespace offstage::app {

struct EventSources {
  events::Sources sources = {};
  // What is left out and why, with file and line.
  std::vector<std::string> notes = {};
};

EventSources ToEventSources(const templates::Stack& stack);

}  // namespace offstage::app
