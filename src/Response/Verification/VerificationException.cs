namespace SentinelHealth.Response.Verification;

/// <summary>Something is not in the form it must have. The message says what, and where.</summary>
internal sealed class VerificationException(string message) : Exception(message);
