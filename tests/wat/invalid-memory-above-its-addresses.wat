;; invalid: memory size: 65537 pages, limit 65536
(module
  (memory 65537))
