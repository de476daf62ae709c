import { type Postgres, type PostgresOptions, startPostgres } from "./postgres.ts";
import { runningRecord } from "./leftovers.ts";
import { type RunningService, type Service, startService } from "./services.ts";
import { projectRoot } from "./build.ts";

const graceMs = 5000;

export type Supervisor = {
  postgres: (options: PostgresOptions) => Promise<Postgres>;
  service: (service: Service) => RunningService;
  /** Ends services first, the database last. Without patience nothing is given time to finish. */
  stop: (patience: "patient" | "at once") => Promise<void>;
};

/** Holds every process of one portal, so that all of them end with it. */
export function supervise(
  dataFolder: string,
  hooks: {
    say: (line: string) => void;
    print: (line: string) => void;
    isTalkative: boolean;
    onGiveUp: (error: Error) => void;
  },
): Supervisor {
  const services: RunningService[] = [];
  const record = runningRecord(dataFolder);
  let database: Postgres | undefined;
  let isStopping = false;

  function writeRecord(): void {
    if (isStopping) return;
    const pids = services.map((service) => service.pid()).filter((pid) => pid !== undefined);
    record.write(pids).catch((error: Error) => hooks.say(`running.json: ${error.message}`));
  }

  async function keepAlive(options: PostgresOptions, server: Postgres): Promise<void> {
    await server.ended;
    if (isStopping) return;
    hooks.say("PostgreSQL ended; starting it again.");
    try {
      database = await startPostgres({ ...options, port: server.port });
      void keepAlive(options, database);
    } catch (error) {
      hooks.onGiveUp(error as Error);
    }
  }

  return {
    async postgres(options) {
      writeRecord();
      database = await startPostgres(options);
      void keepAlive(options, database);
      return database;
    },
    service(service) {
      const running = startService(service, { ...hooks, cwd: projectRoot, onChange: writeRecord });
      services.push(running);
      writeRecord();
      return running;
    },
    async stop(patience) {
      isStopping = true;
      await Promise.all(services.map((service) => service.stop(patience === "patient" ? graceMs : 0)));
      await database?.stop(patience === "patient" ? "fast" : "immediate");
      await record.remove();
    },
  };
}
