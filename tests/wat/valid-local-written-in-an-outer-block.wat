;; valid
(module
  (func $f (local (ref func))
    (local.set 0 (ref.func $f))
    (loop
      (drop (local.get 0))))
  (elem declare func $f))
