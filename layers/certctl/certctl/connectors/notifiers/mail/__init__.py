"""The Email channel: SMTP and Amazon SES."""
