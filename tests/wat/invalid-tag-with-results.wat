;; invalid: non-empty tag result type: type 0
(module
  (tag (result i32)))
