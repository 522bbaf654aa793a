namespace Silo.Cli.Serving;

/// <summary>A server cannot begin for a reason that may go by itself: its database is away, a secret is not there, its address does not lead to it.</summary>
/// <param name="shown">The reason as anybody may hear it: without names of users and machines.</param>
/// <param name="message">The reason as the log has it, with the setting and what to do.</param>
internal sealed class NotYetException(string shown, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public string Shown => shown;
}
