"""What staff set for a whole lesson counts wherever its mark does, on both databases: for who handed in and
who did not, over lateness and regrades, and not before the lesson's marks show.
"""
