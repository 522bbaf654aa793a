namespace Silo.Core.Handlers;

/// <summary>The handlers this process has, by the task type they run; a gateway checks types and payloads against it.</summary>
public interface IHandlerCatalog
{
    IReadOnlyCollection<string> Types { get; }

    /// <returns>Null when this process has no handler for the type.</returns>
    IHandlerRunner? Find(string type);
}
