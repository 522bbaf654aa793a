using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;

namespace Silo.Cli.Stores;

/// <summary>Which store a verb uses, and where it is.</summary>
internal sealed class StoreOptions
{
    private readonly CommandContext _context;
    private readonly Option<string?> _store;
    private readonly Option<string?> _data;
    private readonly Option<string?> _db;
    private readonly Option<string?> _connection;

    public StoreOptions(CommandContext context, Command command)
    {
        _context = context;
        _store = context.Option(Settings.Store);
        _data = context.Option(Settings.Data);
        _db = context.Option(Settings.Db);
        _connection = context.Option(Settings.Connection);
        foreach (var option in new Option[] { _store, _data, _db, _connection })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandException">An option belongs to the other store, the database is not named, or not as an address is written; told without the password.</exception>
    public StoreChoice Read(ParseResult parsed)
    {
        var postgres = parsed.GetValue(_store) == Settings.Postgres;
        // What a file or the environment says for other programs or verbs is passed over; what was typed here was meant.
        if ((postgres ? new Option[] { _data, _db } : [_connection]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } foreign)
        {
            throw new CommandException(
                ExitCode.Usage,
                postgres ? $"{foreign.Name} is for the store sqlite; with --store postgres it is --connection." : $"{foreign.Name} is for --store postgres; the store here is sqlite.");
        }

        if (!postgres)
        {
            return new StoreChoice.Sqlite(Path.GetFullPath(parsed.GetValue(_db) ?? Path.Join(parsed.GetValue(_data), "silo.db")));
        }

        return new StoreChoice.Postgres(ReadPostgres(_context, parsed, _connection));
    }

    /// <summary>The database of a verb that uses no other store.</summary>
    /// <exception cref="CommandException">The database is not named, or not as an address is written; told without the password.</exception>
    public static PostgresAddress ReadPostgres(CommandContext context, ParseResult parsed, Option<string?> connection)
    {
        var source = parsed.GetResult(connection) is { Implicit: false } ? connection.Name : context.Values.Find(Settings.Connection)?.Source;
        try
        {
            return PostgresAddress.Read(parsed.GetValue(connection) is { } text ? new SettingValue(source!, text) : null, context.Values.Variable);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(ExitCode.Usage, wrong.Message, wrong);
        }
    }
}
