"""Judges what a probe saw: is the certificate that is served the right one, and would clients accept it?"""
