using System.Collections;
using Silo.Cli.Invocation;

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
return await SiloProgram.RunAsync(args, Terminal.OfThisProcess(), environment);
