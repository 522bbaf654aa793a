using Npgsql;
using Silo.Cli.Serving;
using Silo.Core.Storage;

namespace Silo.Cli.Stores;

/// <summary>Which failures of a database in PostgreSQL may be repaired there while a server waits.</summary>
internal static class StoreDelays
{
    private const string Shown = "The database cannot be used yet; the log has the reason.";

    /// <returns>Null for what stays wrong until another program, or other settings, are started.</returns>
    public static NotYetException? Of(Exception exception) => exception switch
    {
        StoreUnavailableException => new(Shown, exception.Message, exception),
        // A password, a role, a right or a database is what somebody on the server can still make right; a schema or a server of the wrong version is not.
        StoreRefusedException { InnerException: NpgsqlException } => new(Shown, exception.Message, exception),
        _ when Causes(exception).OfType<NpgsqlException>().FirstOrDefault() is { IsTransient: true } away => new(Shown, $"The database does not answer: {away.Message.TrimEnd('.')}.", exception),
        _ => null,
    };

    private static IEnumerable<Exception> Causes(Exception exception) =>
        exception is AggregateException several ? several.InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception)
        : [exception];
}
