import { expect, test } from 'vitest';

import { isRay, isRayTitle } from '#upstream/ray/titles.ts';

const wheel = '/opt/venv/lib/python3.12/site-packages/ray/core/src/ray';

test.each([
  [`${wheel}/raylet/raylet`, true],
  [`${wheel}/gcs/gcs_server`, true],
  [`${wheel}/gcs/gcs_server `, true],
  [`${wheel}/raylet/raylet_of_mine`, false],
  [`${wheel}/gcs/raylet`, false],
  ['/home/gcs_server', false],
  ['ray::DashboardAgent', true],
  ['ray::RuntimeEnvAgent', true],
  ['ray::RuntimeEnvAgent  ', true],
  ['ray::RayWorkerProc', true],
  ['ray::RayWorkerProc.execute_method', true],
  ['ray::RayWorkerWrapper', true],
  ['ray::RayWorkerWrapper.execute_method', true],
  ['ray::RayWorkerWrapper.two words', false],
  ['ray::RayWorkerProcess', false],
  ['ray::IDLE', false],
  ['a ray::RuntimeEnvAgent', false],
  ['', false],
])('%j is a process that a node of Ray cannot do without: %s', (title, yes) => {
  expect([isRayTitle(title), isRay(title)]).toEqual([yes, yes]);
});

test.each([
  ['/opt/venv/bin/python3 /opt/venv/bin/ray start --head --block', true],
  ['ray start --address=10.0.0.1:6379 --block', true],
  ['ray status --address=10.0.0.1:6379', false],
  ['ray start --help', false],
])('%j is a `ray start`: %s', (command, yes) => {
  expect([isRay(command), isRayTitle(command)]).toEqual([yes, false]);
});
