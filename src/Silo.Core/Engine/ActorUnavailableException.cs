namespace Silo.Core.Engine;

/// <summary>An actor could not be called, or went away during the call: what was asked may or may not have been done.</summary>
public class ActorUnavailableException : Exception
{
    public ActorUnavailableException()
    {
    }

    public ActorUnavailableException(string message)
        : base(message)
    {
    }

    public ActorUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
