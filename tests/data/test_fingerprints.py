import numpy as np

from nnlab.data.fingerprints import bytes_hash, fingerprint, fingerprint_data
from nnlab.spec import RawData, Samples


def test_the_bytes_hash_is_sha256_of_the_c_ordered_bytes():
    # sha256 of nothing, as every table of test vectors has it.
    assert bytes_hash(np.empty(0, np.uint8)) == "e3b0c44298fc1c14"
    array = np.arange(6).reshape(2, 3)
    assert bytes_hash(np.asfortranarray(array)) == bytes_hash(array)


def test_dtype_shape_and_every_value_count():
    array = np.arange(6, dtype=np.int64)
    changed = array.copy()
    changed[5] = 7
    variants = [array, array.astype(np.int32), array.reshape(2, 3), changed]
    assert len({fingerprint(variant) for variant in variants}) == len(variants)


def test_texts_are_told_apart_even_where_they_join_alike():
    one, other = np.array(["ab", "c"], object), np.array(["a", "bc"], object)
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(np.array(["ab"])) != fingerprint(np.array(["ba"]))


def test_it_matters_which_part_a_sample_belongs_to():
    part = Samples(np.zeros((2, 3)), np.zeros(2))
    assert fingerprint_data(RawData(part, test=part)) != fingerprint_data(RawData(part, validation=part))
