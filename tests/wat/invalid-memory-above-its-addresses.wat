;; invalid: memory size must be at most 65536 pages (4GiB): 65537
(module
  (memory 65537))
