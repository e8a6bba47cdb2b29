// Where the records of asynchronous invocations go (EventInvokeConfig's destinations,
// DeadLetterConfig). docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
// Not emulated: queues, topics, event buses, buckets. What would have gone there is logged.
#pragma once

#include <string>
#include <string_view>

#include "lambda/async_queue.h"
#include "lambda/function_config.h"

namespace offstage::lambda {

// The invocation record that a destination gets.
std::string InvocationRecord(const InvokeRequest& request, const AsyncEnd& end,
                             const std::string& time);

// "arn:aws:lambda:...:function:name" can be invoked here, others cannot.
bool IsFunctionArn(std::string_view arn);

// The destinations of a function that are not emulated, as a note; empty: none. (Dead-letter queues
// are named when the template is read.)
std::string DestinationNote(const AsyncConfig& config);

}  // namespace offstage::lambda
