"""What an attacker in these tests looks for."""

STORY = "Verzonnen verhaal van Kwaadwillige Kees uit de Nepstraat 99."
