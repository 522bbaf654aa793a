using Npgsql;
using Silo.Cli.Configuration;
using Silo.Cli.Stores;

namespace Silo.Cli.Tests.Stores;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgresql://ann:s%40c:%2Fret@db.example:6543/jobs", "db.example", 6543, "ann", "s@c:/ret", "jobs")]
    [InlineData("postgres://ann@db/jobs", "db", 5432, "ann", null, "jobs")]
    [InlineData("postgresql://db", "db", 5432, null, null, null)]
    [InlineData("postgresql://ann:secret@[::1]:6543/jobs", "::1", 6543, "ann", "secret", "jobs")]
    [InlineData("postgresql:///jobs?host=%2Fvar%2Frun%2Fpostgresql&user=ann", "/var/run/postgresql", 5432, "ann", null, "jobs")]
    [InlineData("postgresql://ann:a/b@db/jobs", "db", 5432, "ann", "a/b", "jobs")]
    [InlineData("Host=db;Port=6543;Username=ann;Password=secret;Database=jobs", "db", 6543, "ann", "secret", "jobs")]
    public void Read_UrlOrKeywords_SayTheSame(string text, string host, int port, string? user, string? password, string? database)
    {
        var read = Read(text);

        Assert.Equal((host, port, user ?? Environment.UserName, password, database ?? user ?? Environment.UserName), (read.Host, read.Port, read.Username, read.Password, read.Database));
        Assert.Equal("silo", read.ApplicationName);
    }

    [Fact]
    public void Read_ParametersOfLibpq_AreNpgsqls()
    {
        var read = Read("postgresql://one:5433,two:5434/jobs?sslmode=verify-full&connect_timeout=7&application_name=mine&target_session_attrs=primary&options=-c%20work_mem%3D8MB");

        Assert.Equal(("one:5433,two:5434", SslMode.VerifyFull, 7, "mine", "primary", "-c work_mem=8MB"), (read.Host, read.SslMode, read.Timeout, read.ApplicationName, read.TargetSessionAttributes, read.Options));
    }

    [Fact]
    public void Read_VariablesOfPostgres_FillInWhatTheConnectionLeavesOut()
    {
        var variables = new Dictionary<string, string> { ["PGHOST"] = "other", ["PGPORT"] = "6543", ["PGUSER"] = "ann", ["PGPASSWORD"] = "secret", ["PGDATABASE"] = "jobs", ["PGSSLMODE"] = "verify-ca" };

        var filled = Read("postgresql://bob@db", variables);
        var alone = Read(null, variables);

        Assert.Equal(("db", 6543, "bob", "secret", "jobs", SslMode.VerifyCA), (filled.Host, filled.Port, filled.Username, filled.Password, filled.Database, filled.SslMode));
        Assert.Equal(("other", "ann"), (alone.Host, alone.Username));
    }

    [Theory]
    [InlineData("postgresql://ann:secret@db:0/jobs", "DATABASE_URL must have a port from 1 to 65535")]
    [InlineData("postgresql://ann:secret@db:x/jobs", "DATABASE_URL must have a port")]
    [InlineData("postgresql://ann:secret@db/jobs?color=red", "the parameter 'color'")]
    [InlineData("postgresql://ann:secret@db/jobs?sslmode=maybe", "SSL Mode cannot be 'maybe'")]
    [InlineData("mysql://ann:secret@db/jobs", "DATABASE_URL must be a URL such as")]
    [InlineData("Host=db;Password=secret;Colour=red", "DATABASE_URL must be a URL such as")]
    [InlineData("secret", "DATABASE_URL must be a URL such as")]
    public void Read_WhatIsNoAddress_NamesTheSettingAndNeverThePassword(string text, string expected)
    {
        var wrong = Assert.Throws<FormatException>(() => Read(text));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingGiven_SaysWhatToGive() =>
        Assert.Contains("DATABASE_URL", Assert.Throws<FormatException>(() => PostgresAddress.Read(null, _ => null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_VariableIsWrong_NamesTheVariable() =>
        Assert.StartsWith("PGPORT is wrong", Assert.Throws<FormatException>(() => Read("postgresql://db", new Dictionary<string, string> { ["PGPORT"] = "high" })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("postgresql://ann:secret@db:6543/jobs", "postgresql://ann:********@db:6543/jobs")]
    [InlineData("Host=db;Username=ann;Password=secret;Database=jobs", "postgresql://ann:********@db:5432/jobs")]
    [InlineData("postgresql://ann@db/jobs", "postgresql://ann@db/jobs")]
    [InlineData("what is secret?", null)]
    public void Masked_Connection_HasNoPassword(string text, string? expected) => Assert.Equal(expected, PostgresAddress.Masked(text));

    private static NpgsqlConnectionStringBuilder Read(string? text, Dictionary<string, string>? variables = null) =>
        new(PostgresAddress.Read(text is null ? null : new SettingValue("DATABASE_URL", text), name => variables?.GetValueOrDefault(name)).ConnectionString);
}
