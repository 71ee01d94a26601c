from . import drk_test_upgrade
