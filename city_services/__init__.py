"""The city on top of the roles: the only place where issuer and verifier meet.

seoul: which agencies, verifiers and people the city has, and how they are set up
"""
