using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Writing;

/// <summary>Runs the rarer writes, each in a transaction of its own.</summary>
internal sealed class Transactions(Database database)
{
    private const int TriesMax = 5;

    /// <param name="work">May run more than once, each time in a new transaction, when another one was in its way by chance.</param>
    /// <param name="cancellationToken">Gives up while nothing is committed.</param>
    /// <exception cref="StoreUnavailableException">Nothing was stored.</exception>
    /// <exception cref="StoreUnknownException">The answer to the commit was lost.</exception>
    public async Task<T> RunAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var committing = false;
            try
            {
                await using var connection = await database.ConnectAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await work(new WriteTransaction(connection, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                committing = true;
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (PostgresException error) when (error.IsAborted())
            {
                if (!error.IsConflict() || tries == TriesMax)
                    throw database.Failures.Refused(error);
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
            {
                database.ForgetIdle();
                throw committing ? database.Failures.Unknown(error) : database.Failures.Unavailable(error);
            }
        }
    }
}
