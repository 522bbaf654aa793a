using System.CommandLine;

namespace Silo.Cli.Invocation;

/// <summary>The larger program that can also be a silo of a cluster. It has all verbs of this one, which never refers to it.</summary>
/// <param name="Assembly">What is started to have a silo as a process of its own.</param>
/// <param name="CreateServe">Makes its verb <c>serve</c>.</param>
internal sealed record ClusterProgram(string Assembly, Func<CommandContext, Command> CreateServe);
