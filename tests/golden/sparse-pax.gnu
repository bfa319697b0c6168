sparse-pax.umoci-oci:1:1: info: /holes-0.0: a sparse file; the specification advises against it (layer 0) [IMG126]
sparse-pax.umoci-oci:1:1: info: /holes-0.1: a sparse file; the specification advises against it (layer 1) [IMG126]
sparse-pax.umoci-oci:1:1: info: /holes-1.0: a sparse file; the specification advises against it (layer 2) [IMG126]
