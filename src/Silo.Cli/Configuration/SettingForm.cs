using System.Text.Json.Nodes;
using Silo.Cli.Invocation;

namespace Silo.Cli.Configuration;

/// <summary>How a setting's value is written, to the program that reads it and to the editor that helps to write it.</summary>
/// <param name="ValueName">Stands for the value in help texts.</param>
/// <param name="Parse">Reads it; the rules are here.</param>
/// <param name="Schema">The same rules as a JSON Schema, as far as one can say them; new on each call, as a node has one parent.</param>
internal sealed record SettingForm<T>(string ValueName, ValueParser<T> Parse, Func<JsonObject> Schema);
