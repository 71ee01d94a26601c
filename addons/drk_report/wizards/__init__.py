from . import drk_docx_print
